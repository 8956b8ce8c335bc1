# Grafana's folder, data source and dashboards from out/. Titles and UIDs are those that out/ has for provisioning.
terraform {
  required_version = ">= 1.5"
  required_providers {
    grafana = {
      source  = "grafana/grafana"
      version = ">= 3.0"
    }
  }
}

variable "out" {
  description = "The folder out/ of a build."
  type        = string
  default     = "../../../out"
}

variable "prometheus_url" {
  description = "The URL of Prometheus, as Grafana reaches it."
  type        = string
}

provider "grafana" {
  # The URL and the token of a service account: GRAFANA_URL and GRAFANA_AUTH in the environment.
}

locals {
  provider_files = fileset("${var.out}/grafana/provisioning/dashboards", "*.yaml")
  provider       = yamldecode(file("${var.out}/grafana/provisioning/dashboards/${one(local.provider_files)}")).providers[0]
  data_source    = yamldecode(file("${var.out}/grafana/provisioning/datasources/prometheus.yaml")).datasources[0]
}

resource "grafana_folder" "dashboards" {
  uid                          = local.provider.folderUid
  title                        = local.provider.folder
  prevent_destroy_if_not_empty = true
}

resource "grafana_data_source" "prometheus" {
  uid               = local.data_source.uid
  name              = local.data_source.name
  type              = local.data_source.type
  url               = var.prometheus_url
  json_data_encoded = jsonencode(local.data_source.jsonData)
}

resource "grafana_dashboard" "dashboards" {
  for_each    = fileset("${var.out}/grafana/dashboards", "*.json")
  folder      = grafana_folder.dashboards.uid
  config_json = file("${var.out}/grafana/dashboards/${each.value}")
}
